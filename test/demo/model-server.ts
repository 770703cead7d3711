import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext } from '@playwright/test';

/** What a model was asked. */
export interface Asked {
  headers: IncomingHttpHeaders;
  body: { model: string; stream: boolean; messages: { role: string; content: unknown }[] };
}

export interface ModelServer {
  /** As a person would configure it. */
  baseUrl: string;
  asked: Asked[];
  /** How many requests ended before their answer did. */
  aborted: () => number;
  close: () => Promise<void>;
}

interface ServeOptions {
  /** Whether pages of other origins may read what it answers. */
  allowsPages?: boolean;
}

/** A local endpoint that speaks as much of OpenAI's protocol as a test needs. */
export async function serveModel(
  answer: (response: ServerResponse, asked: Asked) => void | Promise<void>,
  { allowsPages = true }: ServeOptions = {},
): Promise<ModelServer> {
  const asked: Asked[] = [];
  let aborted = 0;
  const server = createServer((request, response) => {
    if (allowsPages) {
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.setHeader('Access-Control-Allow-Headers', '*, Authorization');
    }
    if (request.method === 'OPTIONS') {
      response.end();
      return;
    }
    response.on('close', () => {
      if (!response.writableEnded) aborted++;
    });
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const known = { headers: request.headers, body: JSON.parse(body) as Asked['body'] };
      asked.push(known);
      if (request.url === '/v1/chat/completions') void answer(response, known);
      else response.writeHead(404).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    aborted: () => aborted,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const delta = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;

/** A complete answer. */
export function say(response: ServerResponse, ...pieces: string[]): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  for (const piece of pieces) response.write(delta(piece));
  response.end('data: [DONE]\n\n');
}

/** Lets every new page of a context ask this endpoint, as if somebody had configured it before. */
export async function configure(context: BrowserContext, baseUrl: string): Promise<void> {
  const endpoint = { id: 'test', label: 'Tester', baseUrl, model: 'test-1', key: 'none' };
  await context.addInitScript(
    (settings) => {
      if (!localStorage.getItem('offshoot-demo-models')) {
        localStorage.setItem('offshoot-demo-models', settings);
      }
    },
    JSON.stringify({ chosen: 'test', endpoints: [endpoint] }),
  );
}

/** Something that an answer waits for until the test lets it go on. */
export function gate(): { open: () => void; opened: Promise<void> } {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}
