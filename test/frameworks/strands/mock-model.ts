import { Model, type BaseModelConfig, type Message, type ModelStreamEvent } from '@strands-agents/sdk';

/** The texts of what an agent, or a snapshot of one, has said and heard. */
export const textsOf = (messages: unknown): string[] =>
  (messages as { content: { text?: string }[] }[]).map(({ content }) =>
    content.map(({ text }) => text ?? '').join(''),
  );

/** Answers with the number of the turn and what it was asked, so that one can see what it was shown. */
export class MockModel extends Model {
  override updateConfig(): void {}

  override getConfig(): BaseModelConfig {
    return { modelId: 'mock' };
  }

  override async *stream(messages: Message[]): AsyncIterable<ModelStreamEvent> {
    const text = `${(messages.length + 1) / 2}: ${textsOf(messages).at(-1)}`;
    yield { type: 'modelMessageStartEvent', role: 'assistant' };
    yield { type: 'modelContentBlockStartEvent' };
    yield { type: 'modelContentBlockDeltaEvent', delta: { type: 'textDelta', text } };
    yield { type: 'modelContentBlockStopEvent' };
    yield { type: 'modelMessageStopEvent', stopReason: 'endTurn' };
  }
}
