import { TodokuError } from '../../../errors/todoku-error.js';

/** What the work finds wrong with `until` is called `query.until` here, as what the schema finds wrong is: the command line asks by other names. */
export async function ofQuery<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TodokuError) || error.code !== 'INVALID_INPUT' || error.path === null) throw error;
    const path = `query.${error.path}`;
    throw new TodokuError(error.code, { message: `${path}: ${error.message}`, path, cause: error });
  }
}
