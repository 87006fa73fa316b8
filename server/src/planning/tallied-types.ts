/** Stands for every type that is not counted by its name. */
const OTHER = '*';
const MOST_TYPES = 300;
const MOST_CHARACTERS = 64;

/** Under which name a type is counted. An app that makes up a type for each notification must not fill the tallies: the first few hundred have names. */
export class TalliedTypes {
  readonly #named = new Set<string>();
  readonly #most: number;

  constructor(most = MOST_TYPES) {
    this.#most = most;
  }

  nameOf(type: string): string {
    // By code points, as left(type, 64) in push.count_engaged counts.
    const name = type.length <= MOST_CHARACTERS ? type : [...type].slice(0, MOST_CHARACTERS).join('');
    if (!this.#named.has(name)) {
      if (this.#named.size >= this.#most) return OTHER;
      this.#named.add(name);
    }
    return name;
  }
}
