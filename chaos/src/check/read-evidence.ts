import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Evidence } from './evidence.js';
import type { Hit } from './hits.js';
import type { LoadLine, NemesisLine, RunFile } from './run-files.js';
import type { Stretch, Timeline } from './timeline.js';
import type { MemorySample } from './truths/memory.js';

/** Reads the records of a run. A file that is not there is empty, but for run.json. */
export async function readEvidence(folder: string): Promise<Evidence> {
  const run = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as RunFile;
  const timeline = timelineOf(await lines<LoadLine>(folder, 'load.jsonl'));
  const nemesis = await lines<NemesisLine>(folder, 'nemesis.jsonl');
  const during = (which: (line: NemesisLine) => boolean, afterMs: number): Stretch[] =>
    nemesis.filter(which).map(({ from, to }) => ({ from, to: (to ?? from) + afterMs }));
  const named = (kind: NemesisLine['kind']): Set<string> => new Set(nemesis.filter((line) => line.kind === kind).map(({ fault }) => fault));
  return {
    ...run,
    receiptsAskedAgain: run.receiptsAskedAgain === true,
    timeline,
    hits: (await lines<Omit<Hit, 'request'> & { run: string; request: number }>(folder, 'provider.jsonl')).map((entry) => ({
      ...entry,
      request: `${entry.run}/${entry.request}`,
    })),
    memory: await lines<MemorySample>(folder, 'processes.jsonl'),
    thawed: during(({ freezes }) => freezes === true, run.requestDeadlineMs),
    disturbed: during(({ delays }) => delays === true, run.requestDeadlineMs),
    clockWrong: nemesis.flatMap(({ from, to, clockOffMs }) =>
      clockOffMs === undefined ? [] : [{ from, to: to ?? from, offMs: clockOffMs }],
    ),
    secrets: { tokens: [...new Set(timeline.devices.map(({ token }) => token))], keys: run.keys, files: run.product },
    coverage: {
      expectedFailpoints: run.expectedFailpoints,
      hitFailpoints: named('failpoint'),
      expectedFaults: run.expectedFaults,
      hitFaults: named('fault'),
      required: run.coverageRequired,
    },
    atMostOnce: new Set(run.atMostOnce),
  };
}

async function lines<T>(folder: string, file: string): Promise<T[]> {
  const text = await readFile(join(folder, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as T);
}

type Open<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] };

function timelineOf(load: readonly LoadLine[]): Timeline {
  const timeline: Open<Timeline> = {
    submissions: [],
    devices: [],
    settings: [],
    switches: [],
    broadcasts: [],
    types: [],
    bad: [],
    failures: [],
  };
  for (const line of load) {
    if (line.record === 'failure') {
      timeline.failures.push(line);
      continue;
    }
    const to = line.to ?? Number.POSITIVE_INFINITY;
    switch (line.record) {
      case 'submission':
        timeline.submissions.push({ ...line, to });
        break;
      case 'device':
        timeline.devices.push({ ...line, to });
        break;
      case 'settings':
        timeline.settings.push({ ...line, to });
        break;
      case 'switch':
        timeline.switches.push({ ...line, to });
        break;
      case 'broadcast':
        timeline.broadcasts.push({ ...line, to });
        break;
      case 'type':
        timeline.types.push({ ...line, to });
        break;
      case 'bad':
        timeline.bad.push({ ...line, to });
        break;
      case 'tuning':
        break;
    }
  }
  return timeline;
}
