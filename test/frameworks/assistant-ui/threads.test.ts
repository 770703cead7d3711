import { create } from 'react-test-renderer';
import { describeAssistantUi } from './threads.js';

describeAssistantUi((element) => {
  const root = create(element);
  return () => root.unmount();
});
