import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The program of that name that a shell would start; null: there is none on the path. */
export function findProgram(name: string, path: string): string | null {
  for (const folder of path.split(delimiter).filter((entry) => entry !== '')) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // The next folder may have it.
    }
  }
  return null;
}
