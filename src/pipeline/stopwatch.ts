/** Adds up how long each step of a run took; a step within another one counts for itself alone. */
export class Stopwatch {
  private readonly seconds = new Map<string, number>();
  /** What steps within the running one took. */
  private within = 0;

  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const before = this.within;
    this.within = 0;
    try {
      return await work();
    } finally {
      const taken = (performance.now() - start) / 1000;
      this.seconds.set(name, (this.seconds.get(name) ?? 0) + taken - this.within);
      this.within = before + taken;
    }
  }

  get steps(): { name: string; seconds: number }[] {
    return [...this.seconds].map(([name, seconds]) => ({ name, seconds: Math.round(seconds * 1000) / 1000 }));
  }
}
