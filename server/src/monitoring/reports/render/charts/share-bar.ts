import { html, type Markup } from '../markup.js';
import type { Series } from './chart.js';

interface Part {
  readonly tone: Series['tone'];
  readonly name: string;
  readonly n: number;
}

/** One bar that is divided as a whole is; nothing when there is no whole. */
export function shareBar(parts: readonly Part[]): Markup | null {
  const whole = parts.reduce((sum, { n }) => sum + n, 0);
  if (whole === 0) return null;
  let at = 0;
  const rects = parts.map(({ tone, name, n }) => {
    const left = at;
    at += (n / whole) * 200;
    return n === 0
      ? null
      : html`<rect class="${tone}" x="${round(left)}" y="0" width="${round(at - left)}" height="12"><title>${name}: ${n}</title></rect>`;
  });
  const label = parts.map(({ name, n }) => `${name} ${n}`).join(', ');
  return html`<svg class="bar" viewBox="0 0 200 12" preserveAspectRatio="none" role="img" aria-label="${label}">${rects}</svg>`;
}

/** How far up to the whole a share goes; empty without data. */
export function levelBar(share: number | null, tone: Series['tone'], name: string): Markup | null {
  if (share === null) return null;
  const filled = Math.min(1, Math.max(0, share)) * 200;
  return html`<svg class="bar" viewBox="0 0 200 12" preserveAspectRatio="none" role="img" aria-label="${name}"><rect class="rest" x="0" y="0" width="200" height="12"/><rect class="${tone}" x="0" y="0" width="${round(filled)}" height="12"/></svg>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
