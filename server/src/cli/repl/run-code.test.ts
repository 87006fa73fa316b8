import { describe, expect, it } from 'vitest';
import { runCode } from './run-code.js';

class Manager {
  readonly #done: string[] = [];
  config = { ttl: 2 };

  async act(name: string): Promise<string> {
    await new Promise((resolve) => setImmediate(resolve));
    if (name === 'bad') throw new Error('refused');
    this.#done.push(name);
    return name;
  }

  done(): readonly string[] {
    return this.#done;
  }
}

describe('runCode', () => {
  it('gives the value of an expression', async () => {
    expect(await runCode('1 + (x as number);', { x: 2 })).toEqual({ value: 3, hasValue: true });
    expect(await runCode('await manager.act("a")', { manager: new Manager() })).toEqual({ value: 'a', hasValue: true });
  });

  it('runs statements with types, exports and names that are bound', async () => {
    const manager = new Manager();
    const code = `
      const x: string = await manager.act('one');
      export async function again(): Promise<void> { await manager.act(x); }
      await again();
      manager.config.ttl *= 1.5;`;
    expect(await runCode(code, { manager, x: 1 })).toEqual({ value: undefined, hasValue: false });
    expect(manager.done()).toEqual(['one', 'one']);
    expect(manager.config.ttl).toBe(3);
  });

  it('waits for what the code does not wait for, and fails with it', async () => {
    const manager = new Manager();
    await runCode("manager.act('late');", { manager });
    expect(manager.done()).toEqual(['late']);
    await expect(runCode("manager.act('bad'); 1;", { manager })).rejects.toThrow('refused');
  });

  it('refuses what is no code', async () => {
    await expect(runCode('const = 1', {})).rejects.toThrow();
  });
});
