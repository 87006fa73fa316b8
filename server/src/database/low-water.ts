const TRAIL_MS = 2000;
const SWEEP_MS = 2000;
/** Whatever a look at everything took (it may have waited for a lock): nothing below the mark waits longer than this. */
const SWEEP_MOST_MS = 30_000;

export interface Mark {
  readonly key: string;
  readonly from: number;
  readonly startedAt: number;
}

interface Track {
  /** The lowest position seen at some time, oldest first. */
  readonly seen: { readonly at: number; readonly position: number }[];
  sweptAt: number;
  sweepMs: number;
}

/**
 * Where to start looking in a queue whose head is full of dead rows.
 *
 * While some long transaction holds back vacuum, every row that was ever taken stays in the index, and a claim that starts at the head walks
 * them all: the rate falls with every claim. So a claim starts at what the claims of two seconds ago found lowest. Rows can still appear below it
 * (a slow transaction commits late, a lease runs out), so every two seconds, or seldom enough to take a twentieth of the time but at least twice a
 * minute, one claim looks at everything.
 */
export class LowWater {
  readonly #tracks = new Map<string, Track>();
  readonly #monotonic: () => number;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  next(key: string): Mark {
    const now = this.#monotonic();
    const track = this.#track(key);
    const from = trail(track.seen, now);
    const sweepEvery = Math.min(SWEEP_MOST_MS, Math.max(SWEEP_MS, track.sweepMs * 20));
    return { key, from: now - track.sweptAt >= sweepEvery ? 0 : from, startedAt: now };
  }

  /** lowest: the lowest position that the claim took, or null when it found nothing. lookedMs: how long it looked; absent: until now. */
  saw(mark: Mark, lowest: number | null, lookedMs?: number): void {
    const now = this.#monotonic();
    const track = this.#track(mark.key);
    if (mark.from === 0) {
      track.sweptAt = now;
      track.sweepMs = lookedMs ?? now - mark.startedAt;
    }
    if (lowest === null) return;
    const last = track.seen.at(-1);
    if (last === undefined || now - last.at >= TRAIL_MS / 4) track.seen.push({ at: now, position: lowest });
    // A straggler below the mark: let the mark follow it back.
    for (const [i, entry] of track.seen.entries()) if (entry.position > lowest) track.seen[i] = { at: entry.at, position: lowest };
  }

  #track(key: string): Track {
    let track = this.#tracks.get(key);
    if (track === undefined) {
      track = { seen: [], sweptAt: Number.NEGATIVE_INFINITY, sweepMs: 0 };
      this.#tracks.set(key, track);
    }
    return track;
  }
}

/** What was lowest two seconds ago; forgets what was before. */
function trail(seen: Track['seen'], now: number): number {
  let past = 0;
  while (past < seen.length && now - (seen[past]?.at ?? now) >= TRAIL_MS) past++;
  if (past > 1) seen.splice(0, past - 1);
  return past > 0 ? (seen[0]?.position ?? 0) : 0;
}
