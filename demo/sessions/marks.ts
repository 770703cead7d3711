import type { SessionInfo } from 'offshoot';

export const isPinned = ({ metadata }: SessionInfo): boolean => metadata?.['pinned'] === true;
export const isArchived = ({ metadata }: SessionInfo): boolean => metadata?.['archived'] === true;

/** What lists of only those ask for. */
export const PINNED = { pinned: true };
export const ARCHIVED = { archived: true };
