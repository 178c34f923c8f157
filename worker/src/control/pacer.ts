import { decidePace, type WorkerPace } from './decidePace.ts'

/** The pace at this moment: those who speak to the control database ask here, who pushes says here whether it is heard. */
export class Pacer {
  isHeard: () => boolean = () => false
  readonly #pace: WorkerPace

  constructor(pace: WorkerPace) {
    this.#pace = pace
  }

  now(): WorkerPace {
    return decidePace(this.#pace, this.isHeard())
  }
}
