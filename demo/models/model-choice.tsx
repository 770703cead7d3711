import { createContext, useContext, useMemo, useState, type ReactNode } from 'react';
import type { Model } from './model.js';
import { scripted } from './scripted.js';

interface ModelChoice {
  model: Model;
  choose: (model: Model) => void;
}

const ModelContext = createContext<ModelChoice | undefined>(undefined);

export function ModelProvider({ children }: { children: ReactNode }) {
  const [model, choose] = useState<Model>(scripted);
  const choice = useMemo(() => ({ model, choose }), [model]);
  return <ModelContext value={choice}>{children}</ModelContext>;
}

/** The model that this tab asks, and how to ask another one. */
export function useModelChoice(): ModelChoice {
  const choice = useContext(ModelContext);
  if (!choice) throw new Error('useModelChoice needs a <ModelProvider> above it');
  return choice;
}
