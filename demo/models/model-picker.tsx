import { useModelChoice } from './model-choice.js';

/** Beneath the composer: which model is asked, and the way to others. */
export function ModelPicker() {
  const { model } = useModelChoice();
  return <span className="hint">{model.label}</span>;
}
