/** All kinds of content as absent properties: a part has one of them, and any may be read. */
interface NoContent {
  text?: undefined;
  reasoning?: undefined;
  media?: undefined;
  toolRequest?: undefined;
  toolResponse?: undefined;
  resource?: undefined;
}

interface PartExtras {
  metadata?: Record<string, unknown> | undefined;
  custom?: Record<string, unknown> | undefined;
  data?: unknown;
}

export interface TextPart extends PartExtras, Omit<NoContent, 'text'> {
  text: string;
}

export interface ReasoningPart extends PartExtras, Omit<NoContent, 'reasoning'> {
  reasoning: string;
}

export interface MediaPart extends PartExtras, Omit<NoContent, 'media'> {
  media: {
    /** MIME type; taken from the data URL when absent. */
    contentType?: string | undefined;
    /** A `data:` or `https:` URL. */
    url: string;
  };
}

export interface ToolRequestPart extends PartExtras, Omit<NoContent, 'toolRequest'> {
  toolRequest: {
    ref?: string | undefined;
    name: string;
    input?: unknown;
    partial?: boolean | undefined;
  };
}

export interface ToolResponsePart extends PartExtras, Omit<NoContent, 'toolResponse'> {
  toolResponse: {
    ref?: string | undefined;
    name: string;
    output?: unknown;
    content?: Part[];
  };
}

export interface ResourcePart extends PartExtras, Omit<NoContent, 'resource'> {
  resource: { uri: string };
}

/** A piece of structured data, or content that only the application understands. */
export interface DataPart extends PartExtras, NoContent {}

/** One piece of a message or an artifact, as Genkit defines it. */
export type Part =
  TextPart | ReasoningPart | MediaPart | ToolRequestPart | ToolResponsePart | ResourcePart | DataPart;

/** One message of a conversation, as Genkit's `MessageData`. */
export interface Message {
  role: 'system' | 'user' | 'model' | 'tool';
  content: Part[];
  metadata?: Record<string, unknown> | undefined;
}

/** A named result that an agent produced during a turn, as Genkit's `Artifact`. */
export interface Artifact {
  name?: string | undefined;
  parts: Part[];
  metadata?: Record<string, unknown> | undefined;
}
