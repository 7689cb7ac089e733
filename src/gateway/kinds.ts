import type { IncomingMessage } from 'node:http'
import type { Log } from '../log.ts'
import { programmingError } from '../kinto/errors.ts'
import { classify, relayed, type Inspected, type Kind, type SubResource } from './classify.ts'

/** Method and target of a request. */
type Classifier = (method: string, target: string) => Kind

/** What each request is to the service. A request is classified once, when it comes. */
export class Kinds {
  readonly #classify: Classifier
  // What is relayed is not kept: most requests are, and it would cost them time.
  readonly #inspected = new WeakMap<IncomingMessage, Inspected>()

  constructor(classifier: Classifier) {
    this.#classify = classifier
  }

  /** Classifies a request that has come. Its kind is kept as long as the request. */
  classify(request: IncomingMessage): Kind {
    const { method = '', url = '' } = request
    const kind = this.#classify(method, url)
    if (kind.kind !== 'relayed') this.#inspected.set(request, kind)
    return kind
  }

  /** The name of a request's kind. */
  nameOf(request: IncomingMessage): Kind['kind'] {
    return this.#inspected.get(request)?.kind ?? 'relayed'
  }

  /**
   * The kind of a request that is looked into.
   * @throws Refusal 500 for one that is relayed
   */
  inspected(request: IncomingMessage): Inspected {
    const kind = this.#inspected.get(request)
    if (kind === undefined) throw programmingError(new Error('This request is relayed.'))
    return kind
  }
}

/**
 * Kinds for a service that serves only some sub-resources itself. The others are left to Kinto, and
 * the log says so.
 */
export function kindsOf(isOurs: (target: SubResource) => boolean, log: Log): Kinds {
  return new Kinds((method, target) => {
    const kind = classify(method, target)
    if ((kind.kind !== 'answer' && kind.kind !== 'ask') || isOurs(kind)) return kind
    const { bucket, collection } = kind.ref
    log.warn({ bucket, collection }, leftToKinto[kind.kind])
    return relayed
  })
}

const leftToKinto = {
  answer: 'an answer to a record outside of stepfunction.resources is left to Kinto',
  ask: 'a question in a collection outside of stepfunction.resources is left to Kinto'
}
