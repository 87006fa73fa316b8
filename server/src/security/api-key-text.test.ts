import { expect, it } from 'vitest';
import { mintApiKey, readApiKey } from './api-key-text.js';

it('reads what it mints', () => {
  const { id, secretHash, text } = mintApiKey();
  expect(text).toMatch(/^td_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
  expect(readApiKey(text)).toEqual({ id, secretHash });
});

it('mints no key twice', () => {
  expect(new Set(Array.from({ length: 1_000 }, () => mintApiKey().text)).size).toBe(1_000);
});

it('tells noise from keys without asking anyone', () => {
  const { text } = mintApiKey();
  for (let i = 3; i < text.length; i += 1) {
    const changed = `${text.slice(0, i)}${text[i] === 'x' ? 'y' : 'x'}${text.slice(i + 1)}`;
    expect(readApiKey(changed)).toBeNull();
  }
  for (const other of ['', 'td_', `${text} `, `\n${text}`, text.slice(1), `${text}x`, 'td__', text.toUpperCase(), 'x'.repeat(1_000_000)]) {
    expect(readApiKey(other)).toBeNull();
  }
});
