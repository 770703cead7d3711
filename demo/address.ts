/** The chat that the address names, if it does. */
export const sessionInAddress = () => new URLSearchParams(location.hash.slice(1)).get('chat')?.trim();

export const hrefOf = (sessionId: string) => `#${new URLSearchParams({ chat: sessionId })}`;
