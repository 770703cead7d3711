import { useSyncExternalStore, type ReactNode } from 'react';
import type { HealthEvent } from 'offshoot';
import { IconButton } from '../app/icons.js';
import { countOf } from '../app/labels.js';
import { health } from '../store/store.js';
import { MakeRoom } from './make-room.js';

/** What became of the database, in plain language, above the chat. */
export function HealthBanner() {
  const events = useSyncExternalStore(health.subscribe, health.events);
  return events.map((event) => {
    const { urgent, lasts, text, more } = told(event);
    return (
      <div
        key={event.type}
        className={urgent ? 'health urgent' : 'health'}
        role={urgent ? 'alert' : 'status'}
      >
        <div>
          <p>{text}</p>
          {more}
        </div>
        {!lasts && <IconButton icon="close" label="Dismiss" onClick={() => health.dismiss(event)} />}
      </div>
    );
  });
}

interface Told {
  text: string;
  more?: ReactNode;
  /** Something is lost, or is going to be. */
  urgent?: boolean;
  /** Stays true as long as the page is open. */
  lasts?: boolean;
}

function told(event: HealthEvent): Told {
  switch (event.type) {
    case 'wiped':
      return {
        urgent: true,
        text: 'All chats that had been saved are gone: the browser has deleted them, or somebody who uses it. If you have an export, you can import it under “Your data”.',
      };
    case 'rolled-back':
      return {
        urgent: true,
        text: 'The latest changes are gone: the browser went back to an earlier state, as it may after a power cut.',
      };
    case 'quota':
      return {
        urgent: true,
        text: 'There is no room left: nothing can be saved until something is deleted.',
        more: <MakeRoom event={event} />,
      };
    case 'outdated':
      return {
        urgent: true,
        lasts: true,
        text: 'Another tab has a newer version of this app, and this one can save nothing more.',
        more: (
          <button type="button" onClick={() => location.reload()}>
            Reload
          </button>
        ),
      };
    case 'blocked':
      return {
        text: 'Another tab holds on to an older version of the database. Close the other tabs of this app; this one goes on by itself.',
      };
    case 'memory-only':
      return {
        urgent: true,
        lasts: true,
        text: 'This browser stores nothing here, as in some private windows: your chats are gone when you close this page. Export what you want to keep.',
      };
    case 'failover':
      return {
        urgent: true,
        lasts: true,
        text: 'Your chats cannot be opened now. They were left as they are, and new ones go to another place until this page is closed.',
      };
    case 'recovered':
      return {
        text: `Your chats can be opened again. What you wrote while they could not lies in the database “${event.replacement}”.`,
      };
    case 'keys':
      return {
        text: event.isEncrypted
          ? 'The passphrase of your chats was changed. Reload other pages that show them, to be asked for it.'
          : 'Your chats are no longer encrypted. Reload other pages that show them.',
      };
    case 'unloaded':
      return {
        text: 'A part of this app could not be loaded, so nothing is tidied up or deleted by itself. Reload the page when you are online.',
      };
    default:
      return { text: `${countOf(event.sessions.length, 'chat')} deleted to make room.` };
  }
}
