import { createRoot } from 'react-dom/client';
import { describeAssistantUi } from './threads.js';

describeAssistantUi((element) => {
  const root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(element);
  return () => root.unmount();
});
