import type { KintoSession } from '../../kinto/session.ts'
import { deadline } from '../../wait.ts'
import { collectionsOf, type Place, type Resource } from '../../kinto/resources.ts'

// Tasks come by the hundred, and new collections are rare.
const keepMs = 2_000

/** The collections of the service's resources, asked for once for many tasks. */
export class KnownPlaces {
  readonly #resources: readonly Resource[]
  #known: { list: Promise<Place[]>; timeLeft: () => number } | undefined

  constructor(resources: readonly Resource[]) {
    this.#resources = resources
  }

  /** @throws KintoUnreachable, KintoRefusal */
  list(serviceAccount: KintoSession, version: string): Promise<Place[]> {
    if (this.#known === undefined || this.#known.timeLeft() === 0) {
      this.#known = {
        list: collectionsOf(serviceAccount, version, this.#resources),
        timeLeft: deadline(keepMs)
      }
      this.#known.list.catch(() => {
        this.#known = undefined
      })
    }
    return this.#known.list
  }
}
