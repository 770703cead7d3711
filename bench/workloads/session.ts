/** The session that a conversation is held in. */
export const SESSION = 'chat';
