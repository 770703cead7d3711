/** The protocol that this code speaks, and the oldest one that it still understands. */
export const PROTOCOL = 1;
export const OLDEST_PROTOCOL = 1;

/** The format of the rows that lines carry. Rows of a later one are kept as they are and never written over. */
export const LINE_FORMAT = 1;

/** On every request, with the protocol's version: a page of another origin cannot send it without asking first. */
export const PROTOCOL_HEADER = 'offshoot-sync';

/** The opaque id of the tenant that the device syncs for: whoever else has signed in meanwhile gets 403. */
export const TENANT_HEADER = 'offshoot-tenant';

/** The generation that the device knows: a server of another one takes and gives nothing, and answers 409. */
export const GENERATION_HEADER = 'offshoot-generation';

/** With a push: the cursor that the device has. A server that does not know it went back to a backup, and answers 409. */
export const CURSOR_HEADER = 'offshoot-cursor';

export const JSON_LINES = 'application/jsonl';
export const EVENT_STREAM = 'text/event-stream';
