/** Adds up how long each step of a run took. */
export class Stopwatch {
  private readonly seconds = new Map<string, number>();

  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      const taken = (performance.now() - start) / 1000;
      this.seconds.set(name, (this.seconds.get(name) ?? 0) + taken);
    }
  }

  get steps(): { name: string; seconds: number }[] {
    return [...this.seconds].map(([name, seconds]) => ({ name, seconds: Math.round(seconds * 1000) / 1000 }));
  }
}
