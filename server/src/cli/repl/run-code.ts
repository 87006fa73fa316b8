/** Runs TypeScript with names bound, as a prompt does. */

// biome-ignore lint/complexity/useArrowFunction: only this way the constructor of async functions can be had
const AsyncFunction = async function () {}.constructor as new (...parameters: string[]) => (...values: unknown[]) => Promise<unknown>;

export interface CodeResult {
  /** Of the code, when it is one expression. */
  readonly value: unknown;
  readonly hasValue: boolean;
}

/**
 * Types are taken away, not checked. Code may await at its top, declare names that are bound, and export: an export is a declaration here. What its calls
 * of managers return is waited for, also where the code does not.
 */
export async function runCode(code: string, names: Readonly<Record<string, unknown>>): Promise<CodeResult> {
  const pending: Promise<unknown>[] = [];
  const watched = Object.fromEntries(Object.entries(names).map(([name, value]) => [name, watch(value, pending)]));
  const expression = await translate(`const valueOfTheCode = (\n${code.replace(/;\s*$/, '')}\n);`).catch(() => null);
  const script =
    expression === null ? (await translate(code)).replaceAll(/^export (default )?/gm, '') : `${expression}\nreturn valueOfTheCode;`;
  // A block of its own, so that the code may declare names that are bound.
  const body = `return (async () => {\n${script}\n})()`;
  const value = await new AsyncFunction(...Object.keys(watched), body)(...Object.values(watched));
  await settle(pending);
  return { value, hasValue: expression !== null };
}

async function translate(code: string): Promise<string> {
  const { transform } = await import('esbuild');
  const { code: script } = await transform(code, { loader: 'ts', format: 'esm', target: 'node20', logLevel: 'silent' });
  return script;
}

/** More calls may be made while the first are waited for. */
async function settle(pending: Promise<unknown>[]): Promise<void> {
  while (pending.length > 0) await Promise.all(pending.splice(0));
}

/** The same thing, but every promise that a method returns is remembered. Its own methods see the thing itself, private state and all. */
function watch(value: unknown, pending: Promise<unknown>[]): unknown {
  if (typeof value === 'function') {
    return (...args: unknown[]) => remember((value as (...all: unknown[]) => unknown)(...args), pending);
  }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) === Object.prototype) return value;
  return new Proxy(value, {
    get: (target, property) => {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => remember((member as (...all: unknown[]) => unknown).apply(target, args), pending);
    },
  });
}

function remember(result: unknown, pending: Promise<unknown>[]): unknown {
  if (result instanceof Promise) {
    pending.push(result);
    // It is waited for below; until then nobody may call it unhandled.
    result.catch(() => undefined);
  }
  return result;
}
