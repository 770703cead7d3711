import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Programs that the kernel ends when this process ends, however that happens; `stop` ends them earlier. */
export class Processes {
  /** @type {import('node:child_process').ChildProcess[]} */
  #running = [];

  /**
   * @param {string} program @param {string[]} args @param {Record<string, string>} environment
   * @returns its output
   */
  start(program, args, environment = {}) {
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', program, ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#running.push(child);
    return child.stdout;
  }

  /** The last first: they live off the ones before. */
  async stop() {
    for (const child of this.#running.splice(0).reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill();
      await once(child, 'exit');
    }
  }
}
