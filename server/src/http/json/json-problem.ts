/** Why a text is refused as JSON. `path` is that of the value (`data.items[3]`), empty for the whole. */
export class JsonProblem extends Error {
  override readonly name = 'JsonProblem';
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}
