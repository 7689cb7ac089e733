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
import { setStage } from './stage/stage.ts'
import { Client } from './traffic/client.ts'
import { ServiceWatch } from './watch/service-watch.ts'

/** All that a soak found. */
export interface Soaked {
  plan: Plan
  ledger: Ledger
  questions: readonly Question[]
  watches: readonly ServiceWatch[]
}

/**
 * Sends mixed traffic while the parts behind the service are restarted at random. Then waits until
 * all is quiet, and checks everything.
 */
export async function soak(plan: Plan, say: (what: string) => void): Promise<Soaked> {
  const random = new Random(String(plan.seed))
  const ledger = new Ledger()
  const outages = new Outages()
  const questions: Question[] = []
  say('Starting Kinto, the emulator and two services …')
  const stage = await setStage()
  const { kinto, stepFunctions, services } = stage
  const { url } = services.main.process
  const clientOfMain = { url, ledger, outages, parts: ['Kinto', 'Step Functions'] } as const
  const client = new Client(clientOfMain)
  const rudeClient = new Client(clientOfMain)
  const emulatedClient = new Client({
    url: services.emulated.process.url,
    ledger,
    outages,
    parts: ['Kinto', 'the emulator']
  })
  const emulated = new Emulated({
    url: stage.emulator.url,
    client: emulatedClient,
    outages,
    ledger,
    random: random.of('emulated')
  })
  const reviewers = new Reviewers(client, stepFunctions, random.of('reviewers'))
  const watches = [services.main, services.emulated].map(
    service => new ServiceWatch(service, ledger)
  )
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
          url,
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
    await sweep(questions, { kinto, client, stepFunctions, reviewers, ledger })
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
  return { plan, ledger, questions, watches }
}
