import { letCrowdIn } from './crowd.ts'
import { Emulated } from './decisions/emulated.ts'
import type { Question } from './decisions/question.ts'
import { Reviewers } from './decisions/reviewers.ts'
import { sweep } from './decisions/sweep.ts'
import { Ledger } from './ledger.ts'
import type { Plan } from './plan.ts'
import { Random } from './random.ts'
import { restartAll } from './restarts.ts'
import { Outages } from './stage/outages.ts'
import type { Part } from './stage/outages.ts'
import type { Watched } from './stage/services.ts'
import { setStage } from './stage/stage.ts'
import { Client } from './traffic/client.ts'
import { ServiceWatch } from './watch/service-watch.ts'

/** All that a soak found. */
export interface Soaked {
  plan: Plan
  /** Where Kinto kept its data. */
  storage: string
  ledger: Ledger
  questions: readonly Question[]
  watches: readonly ServiceWatch[]
}

/**
 * Sends mixed traffic while the parts behind the services and a replica are restarted at random.
 * Then waits until all is quiet, and checks everything.
 */
export async function soak(plan: Plan, say: (what: string) => void): Promise<Soaked> {
  const random = new Random(String(plan.seed))
  const ledger = new Ledger()
  const outages = new Outages()
  const questions: Question[] = []
  say('Starting Kinto, the emulator, two replicas and another service …')
  const stage = await setStage(random.of('stage'), ledger)
  const { kinto, stepFunctions, services, storage } = stage
  const { main, replica } = services
  const clientOf = (name: string, parts: readonly Part[], ...services: Watched[]): Client =>
    new Client({ services, random: random.of(name), ledger, outages, parts })
  const client = clientOf('client', ['Kinto', 'Step Functions'], main, replica)
  const rudeClient = clientOf('rude client', ['Kinto', 'Step Functions'], main)
  const emulatedClient = clientOf('emulated client', ['Kinto', 'the emulator'], services.emulated)
  const emulated = new Emulated({
    url: stage.emulator.part.url,
    client: emulatedClient,
    outages,
    ledger,
    random: random.of('emulated')
  })
  const reviewers = new Reviewers(client, stepFunctions, random.of('reviewers'))
  const watches = Object.values(services).map(service => new ServiceWatch(service, ledger, outages))
  try {
    await Promise.all(
      watches.map(async watch => {
        await watch.begin()
      })
    )
    say(`Traffic and restarts for ${plan.seconds} s …`)
    const enough = AbortSignal.timeout(plan.seconds * 1_000)
    const pace = Math.max(2, plan.seconds / 12)
    await Promise.all([
      restartAll({
        stage,
        outages,
        ledger,
        random: random.of('restarts'),
        seconds: plan.seconds,
        enough
      }),
      letCrowdIn(
        {
          client,
          rudeClient,
          url: main.process.part.url,
          ledger,
          random: random.of('crowd'),
          reviewers,
          emulated,
          stepFunctions,
          questions
        },
        enough
      ),
      ...watches.map(async watch => {
        await watch.goOn(pace, enough)
      })
    ])
    say('Quiet: looking at every decision …')
    await sweep(questions, { kinto: kinto.part, client, stepFunctions, reviewers, ledger })
    await Promise.all([client, rudeClient, emulatedClient].map(each => each.close()))
    say('Idle: waiting until no connection is left …')
    await Promise.all(
      watches.map(async watch => {
        await watch.end(questions.length)
      })
    )
  } finally {
    emulated.close()
    await stage.stop()
  }
  return { plan, storage, ledger, questions, watches }
}
