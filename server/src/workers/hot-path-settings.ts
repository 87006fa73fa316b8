/**
 * Session settings of the connections that plan and deliver. Every join there is by key and every list is short, but tables that were empty
 * when a plan was cached make the planner believe in sequential scans and hash joins: measured, one cached plan of that kind made loading a
 * chunk 40 times slower until the next ANALYZE. These settings leave it the nested loop over indexes, whatever the statistics say.
 */
export const hotPathSettings: Readonly<Record<string, string>> = {
  enable_hashjoin: 'off',
  enable_material: 'off',
  enable_mergejoin: 'off',
  enable_seqscan: 'off',
  plan_cache_mode: 'force_generic_plan',
};
