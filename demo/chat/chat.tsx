import type { ReactNode } from 'react';

export interface ChatProps {
  sessionId: string;
  isNew: boolean;
  at: string | undefined;
  drawer: 'sessions' | 'branches' | undefined;
  onDrawer: (name: 'sessions' | 'branches') => void;
  banner: ReactNode;
}

export function Chat({ sessionId, banner }: ChatProps) {
  return (
    <main>
      {banner}
      <p>{sessionId}</p>
    </main>
  );
}
