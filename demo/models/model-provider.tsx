import { useMemo, useState, type ReactNode } from 'react';
import { loadedLater } from '../app/loaded-later.js';
import { chromeModel } from './chrome-model.js';
import { useChromeStatus } from './chrome-status.js';
import { endpointModel } from './endpoint-model.js';
import type { Model } from './model.js';
import { ModelContext } from './model-choice.js';
import { promptApi } from './prompt-api.js';
import { scripted } from './scripted.js';
import { changeModelSettings, useModelSettings } from './settings.js';

const ModelDialog = loadedLater('The choice of models', () => import('./model-dialog.js'));

export function ModelProvider({ children }: { children: ReactNode }) {
  const { chosen, endpoints } = useModelSettings();
  const { availability } = useChromeStatus();
  const [isOpen, setIsOpen] = useState(false);
  const isThere = availability !== undefined && availability !== 'unavailable';
  // Who has chosen it is not answered by another one without a word.
  const hasChromeModel = isThere || (chosen === chromeModel.id && promptApi() !== undefined);
  const models = useMemo(
    () => [scripted, ...(hasChromeModel ? [chromeModel] : []), ...endpoints.map(endpointModel)],
    [hasChromeModel, endpoints],
  );
  const choice = useMemo(
    () => ({
      model: models.find(({ id }) => id === chosen) ?? scripted,
      models,
      choose: ({ id }: Model) => changeModelSettings({ chosen: id }),
      openSettings: () => setIsOpen(true),
    }),
    [models, chosen],
  );
  return (
    <ModelContext value={choice}>
      {children}
      {isOpen && <ModelDialog onClose={() => setIsOpen(false)} />}
    </ModelContext>
  );
}
