import { Judgement, type TruthVerdict } from '../verdict.js';

/** Truth 8, as far as this run goes: whoever migrated, at once or interrupted, left the schema that one undisturbed migration makes. */
export function judgeSchema(
  found: readonly string[],
  fresh: readonly string[],
  applied: readonly string[],
  files: readonly string[],
): TruthVerdict {
  const judgement = new Judgement(8, 'What was interrupted has resumed, or left everything as it was');
  judgement.examined(fresh.length);
  const [is, shall] = [new Set(found), new Set(fresh)];
  for (const line of shall) if (!is.has(line)) judgement.found('schema_lacks', line);
  for (const line of is) if (!shall.has(line)) judgement.found('schema_has_besides', line);
  for (const line of is) if (line.endsWith(' INVALID')) judgement.found('invalid_index', line);
  const versions = files.map((file) => /^\d+/.exec(file)?.[0] ?? file);
  if (applied.toSorted().join() !== versions.toSorted().join()) {
    judgement.found('migrations_not_once', `applied ${applied.length}, there are ${versions.length}`);
  }
  return judgement.verdict();
}
