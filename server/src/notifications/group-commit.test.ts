import { describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.js';

interface Commit {
  readonly requests: readonly string[];
  readonly finish: () => void;
  readonly fail: (error: Error) => void;
}

/** A group commit whose commits end when the test says so. */
function controlled(limits: { writers?: number; mostAtOnce?: number; mostWaiting?: number } = {}) {
  const commits: Commit[] = [];
  let announce: (() => void) | null = null;
  const group = new GroupCommit<string, string>(
    (requests) =>
      new Promise((resolve, reject) => {
        commits.push({ requests, finish: () => resolve(requests.map((request) => `${request}!`)), fail: reject });
        announce?.();
      }),
    { writers: 1, mostAtOnce: 100, mostWaiting: 1000, ...limits },
  );
  const commit = async (number: number): Promise<Commit> => {
    while (commits.length <= number) {
      await new Promise<void>((resolve) => {
        announce = resolve;
      });
    }
    return commits[number] as Commit;
  };
  return { group, commits, commit };
}

describe('GroupCommit', () => {
  it('commits at once, and merges what comes meanwhile', async () => {
    const { group, commit, commits } = controlled();
    const first = group.submit('a', 1);
    const one = await commit(0);
    const others = [group.submit('b', 1), group.submit('c', 1)];
    expect(one.requests).toEqual(['a']);
    one.finish();
    const two = await commit(1);
    expect(two.requests).toEqual(['b', 'c']);
    two.finish();
    expect(await first).toBe('a!');
    expect(await Promise.all(others)).toEqual(['b!', 'c!']);
    expect(commits).toHaveLength(2);
  });

  it('merges what one turn of the loop brings', async () => {
    const { group, commit } = controlled();
    const answers = Promise.all(['a', 'b', 'c'].map((request) => group.submit(request, 1)));
    const one = await commit(0);
    expect(one.requests).toEqual(['a', 'b', 'c']);
    one.finish();
    expect(await answers).toEqual(['a!', 'b!', 'c!']);
  });

  it('keeps a commit within its weight, and lets a heavier request go alone', async () => {
    const { group, commit } = controlled({ mostAtOnce: 10 });
    const answers = Promise.all([group.submit('a', 6), group.submit('b', 5), group.submit('heavy', 50), group.submit('c', 1)]);
    for (const [number, expected] of [['a'], ['b'], ['heavy'], ['c']].entries()) {
      const next = await commit(number);
      expect(next.requests).toEqual(expected);
      next.finish();
    }
    await answers;
  });

  it('refuses what would make too much wait, and takes it again later', async () => {
    const { group, commit } = controlled({ mostWaiting: 3 });
    const first = group.submit('a', 3);
    expect(group.submit('b', 1)).toBeNull();
    const one = await commit(0);
    // 'a' is in its commit and waits no more.
    const second = group.submit('b', 3);
    expect(group.submit('c', 1)).toBeNull();
    one.finish();
    (await commit(1)).finish();
    expect([await first, await second]).toEqual(['a!', 'b!']);
  });

  it('fails the requests of a failed commit and no others', async () => {
    const { group, commit } = controlled();
    const first = group.submit('a', 1);
    const one = await commit(0);
    const second = group.submit('b', 1);
    one.fail(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    (await commit(1)).finish();
    expect(await second).toBe('b!');
  });
});
