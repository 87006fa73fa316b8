/**
 * Largest sum seen in any window of one second. Keeps only what lies inside the last second, in a ring that doubles
 * when a second holds more requests than it has places.
 */
export class RateWindow {
  #times = new Float64Array(256);
  #amounts = new Float64Array(256);
  #start = 0;
  #length = 0;
  #sum = 0;
  #largest = 0;

  get largest(): number {
    return this.#largest;
  }

  add(monoMs: number, amount: number): void {
    this.#forgetUntil(monoMs - 1000);
    if (this.#length === this.#times.length) this.#double();
    const place = (this.#start + this.#length) & (this.#times.length - 1);
    this.#times[place] = monoMs;
    this.#amounts[place] = amount;
    this.#length += 1;
    this.#sum += amount;
    if (this.#sum > this.#largest) this.#largest = this.#sum;
  }

  #forgetUntil(monoMs: number): void {
    while (this.#length > 0 && (this.#times[this.#start] ?? 0) <= monoMs) {
      this.#sum -= this.#amounts[this.#start] ?? 0;
      this.#start = (this.#start + 1) & (this.#times.length - 1);
      this.#length -= 1;
    }
  }

  #double(): void {
    const size = this.#times.length;
    const times = new Float64Array(size * 2);
    const amounts = new Float64Array(size * 2);
    for (let i = 0; i < this.#length; i += 1) {
      times[i] = this.#times[(this.#start + i) & (size - 1)] ?? 0;
      amounts[i] = this.#amounts[(this.#start + i) & (size - 1)] ?? 0;
    }
    this.#times = times;
    this.#amounts = amounts;
    this.#start = 0;
  }
}
