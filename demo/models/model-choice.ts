import { createContext, useContext } from 'react';
import type { Model } from './model.js';

interface ModelChoice {
  /** What is asked, in this tab and all others. */
  model: Model;
  models: readonly Model[];
  choose: (model: Model) => void;
  openSettings: () => void;
}

export const ModelContext = createContext<ModelChoice | undefined>(undefined);

/** The model that is asked, and how to ask another one. */
export function useModelChoice(): ModelChoice {
  const choice = useContext(ModelContext);
  if (!choice) throw new Error('useModelChoice needs a <ModelProvider> above it');
  return choice;
}
