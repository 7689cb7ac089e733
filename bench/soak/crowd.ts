import { setTimeout as sleep } from 'node:timers/promises'
import type { Emulated } from './decisions/emulated.ts'
import type { Question } from './decisions/question.ts'
import { ask } from './decisions/questions.ts'
import type { Reviewers } from './decisions/reviewers.ts'
import type { Ledger } from './ledger.ts'
import type { Random } from './random.ts'
import type { Stage } from './stage/stage.ts'
import { Author } from './traffic/articles.ts'
import { Uploader } from './traffic/bodies.ts'
import type { Client } from './traffic/client.ts'
import { Nuisance } from './traffic/nuisance.ts'
import { visit } from './traffic/visitor.ts'

export interface CrowdOptions {
  client: Client
  /** Of those who do what nobody should do. It has connections of its own. */
  rudeClient: Client
  /** Where those are rude by hand. */
  url: string
  ledger: Ledger
  random: Random
  reviewers: Reviewers
  emulated: Emulated
  stepFunctions: Stage['stepFunctions']
  /** Gets every question that is asked. */
  questions: Question[]
}

/** A user who does one thing after the other, with pauses of at most so long. */
interface Actor {
  act: () => Promise<void>
  longestPauseMs: number
}

/**
 * Lets all users use the service at the same time, some 40 requests per second together. Resolves
 * when it is enough and all have finished.
 */
export async function letCrowdIn(options: CrowdOptions, enough: AbortSignal): Promise<void> {
  await Promise.all(
    crowd(options).map(async ({ act, longestPauseMs }, index) => {
      const random = options.random.of(`pauses ${index}`)
      while (!enough.aborted) {
        await act()
        await sleep(random.between(0, longestPauseMs))
      }
    })
  )
}

function crowd({
  client,
  rudeClient,
  url,
  ledger,
  random,
  reviewers,
  emulated,
  stepFunctions,
  questions
}: CrowdOptions): Actor[] {
  const review = async (): Promise<void> => {
    const question = await ask({ client, stepFunctions, random, ledger })
    if (question === undefined) return
    questions.push(question)
    await reviewers.treat(question)
  }
  const authors = ['anna', 'ben', 'cleo', 'dan'].map(
    name => new Author(name, client, random.of(name), ledger)
  )
  const nuisances = ['gus', 'hal'].map(
    name => new Nuisance(url, rudeClient, random.of(name), ledger)
  )
  const uploaders = ['eva', 'finn'].map(name => new Uploader(name, client, random.of(name), ledger))
  return [
    ...authors.map(author => ({
      act: async () => {
        await author.act()
      },
      longestPauseMs: 300
    })),
    ...uploaders.map(uploader => ({
      act: async () => {
        await uploader.act()
      },
      longestPauseMs: 1_500
    })),
    ...nuisances.map(nuisance => ({
      act: async () => {
        await nuisance.act()
      },
      longestPauseMs: 3_000
    })),
    ...Array.from({ length: 4 }, () => ({ act: review, longestPauseMs: 1_000 })),
    {
      act: async () => {
        await visit(client, random)
      },
      longestPauseMs: 400
    },
    {
      act: async () => {
        await emulated.act()
      },
      longestPauseMs: 1_000
    }
  ]
}
