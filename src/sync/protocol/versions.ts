/** The protocol that this code speaks, and the oldest one that it still understands. */
export const PROTOCOL = 1;
export const OLDEST_PROTOCOL = 1;

/** The format of the rows that lines carry. Rows of a later one are kept as they are and never written over. */
export const LINE_FORMAT = 1;

/** On every request, with the protocol's version: a page of another origin cannot send it without asking first. */
export const PROTOCOL_HEADER = 'offshoot-sync';

export const JSON_LINES = 'application/jsonl';
export const EVENT_STREAM = 'text/event-stream';
