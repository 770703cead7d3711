import type { SessionInfo } from 'offshoot';

/** What a row asks of its list; each stays the same function. */
export interface RowActions {
  onMenu: (session: SessionInfo, button: HTMLElement) => void;
  /** `undefined` if the title stays as it is; `byKey` if the focus is to stay in the row. */
  onRenamed: (session: SessionInfo, title: string | undefined, byKey: boolean) => void;
}
