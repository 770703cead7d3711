import { kindOf } from '../platform/kind.js';

/** Makes an argument fit for those who get it. */
type Fit = (argument: unknown) => unknown;

/** What databases are had from: the browser's `indexedDB`, or what stands in for it. */
export interface Databases extends Pick<IDBFactory, 'deleteDatabase'> {
  open(name: string, version: number | undefined): IDBOpenDBRequest;
  fit?: Fit;
}

const asItIs: Fit = (argument) => argument;

/** Under which a part tells what it stands for. */
const RAW = Symbol();

/** Waits for a request. A cursor's answers again each time that it is moved, so nobody goes on listening. */
export function answerTo<T>(request: IDBRequest<T>, fit = asItIs): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      request.removeEventListener('success', succeed);
      request.removeEventListener('error', fail);
    };
    const succeed = () => {
      end();
      resolve(promised(request.result, fit));
    };
    const fail = () => {
      end();
      reject(request.error);
    };
    request.addEventListener('success', succeed);
    request.addEventListener('error', fail);
  });
}

/**
 * A database, transaction, store, index or cursor whose requests are promises; of anything else, it is what it is. Parts are
 * known by the names of their classes, whoever made those.
 */
export function promised<T>(part: T, fit = asItIs): T {
  if (!kindOf(part).startsWith('IDB')) return part;
  return new Proxy(part as object, {
    get(_, key) {
      if (key === RAW) return part;
      const value: unknown = part[key as keyof T];
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const result: unknown = value.apply(part, args.map(fit));
        // A cursor that is moved answers by the request that it came from.
        const { request } = part as { request?: IDBRequest };
        if (request) return answerTo(request, fit);
        return kindOf(result).endsWith('Request')
          ? answerTo(result as IDBRequest, fit)
          : promised(result, fit);
      };
    },
  }) as T;
}

/** What IndexedDB itself gave, if the part stands for such a thing. */
export const rawOf = <T>(part: object): T | undefined => (part as { [RAW]?: T })[RAW];
