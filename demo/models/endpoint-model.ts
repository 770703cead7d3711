import type { Message } from 'offshoot';
import { imagesOf, textOf } from '../turns/content.js';
import { apiKeys, keyStatus } from './api-keys.js';
import { eventsOf } from './event-stream.js';
import type { Model } from './model.js';
import { messageOf, refusal, unreachable } from './refusals.js';
import type { Endpoint } from './settings.js';

interface Chunk {
  choices?: { delta?: { content?: string | null }; finish_reason?: string | null }[];
  error?: { message?: string } | string;
}

/** Asks an endpoint that speaks the protocol of OpenAI's chat completions: Ollama, llama.cpp, OpenRouter, … */
export const endpointModel = (endpoint: Endpoint): Model => ({
  id: endpoint.id,
  label: endpoint.label,
  async *answer({ messages, signal }) {
    const body = await ask(endpoint, messages, signal);
    let isComplete = false;
    try {
      for await (const data of eventsOf(body)) {
        if (data === '[DONE]') {
          isComplete = true;
          break;
        }
        const chunk = chunkIn(data);
        if (!chunk) throw new Error(`${endpoint.label} sent something that is no part of an answer.`);
        if (chunk.error) throw new Error(`${endpoint.label}: ${messageOf(chunk) ?? 'the model failed.'}`);
        const choice = chunk.choices?.[0];
        if (choice?.delta?.content) yield choice.delta.content;
        // Not every server says that it is done.
        isComplete ||= Boolean(choice?.finish_reason);
      }
    } catch (error) {
      // What a connection that breaks throws is a TypeError, and says nothing.
      if (signal.aborted || !(error instanceof TypeError)) throw error;
      isComplete = false;
    }
    if (!isComplete)
      throw new Error(`The connection to ${endpoint.label} broke off. What had arrived is kept.`);
  },
});

function chunkIn(data: string): Chunk | undefined {
  try {
    return JSON.parse(data) as Chunk;
  } catch {
    return undefined;
  }
}

async function ask(
  endpoint: Endpoint,
  messages: readonly Message[],
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const apiKey = keyFor(endpoint);
  let response: Response;
  try {
    response = await fetch(`${endpoint.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(apiKey !== undefined && { Authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify({ model: endpoint.model, stream: true, messages: messages.flatMap(messageFor) }),
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error(unreachable(endpoint), { cause: error });
  }
  if (!response.ok || !response.body) throw new Error(await refusal(response, endpoint));
  return response.body;
}

function keyFor(endpoint: Endpoint): string | undefined {
  const status = keyStatus(endpoint);
  if (status === 'locked') {
    throw new Error(
      `The API key of ${endpoint.label} is locked. Unlock it in the model settings, then retry.`,
    );
  }
  if (status === 'missing') {
    throw new Error(
      `The API key of ${endpoint.label} was in the memory of a page that is gone. Enter it again in the model settings, then retry.`,
    );
  }
  if (status === 'moved') {
    throw new Error(
      `The API key of ${endpoint.label} was entered for another address than ${endpoint.baseUrl}, and is not sent there. Look whether that address is right, and enter the key again in the model settings.`,
    );
  }
  return apiKeys.get(endpoint);
}

const ROLES = { system: 'system', user: 'user', model: 'assistant', tool: undefined } as const;

interface SentMessage {
  role: 'system' | 'user' | 'assistant';
  content: string | ({ type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } })[];
}

function messageFor(message: Message): SentMessage[] {
  const role = Object.hasOwn(ROLES, message.role) ? ROLES[message.role] : undefined;
  if (role === undefined) return [];
  const text = textOf(message);
  const images = imagesOf(message);
  // Servers that know no images know no parts either.
  if (images.length === 0) return [{ role, content: text }];
  const sent = images.map(({ url }) => ({ type: 'image_url' as const, image_url: { url } }));
  return [{ role, content: text === '' ? sent : [{ type: 'text', text }, ...sent] }];
}
