import { readSettings, type Key } from './keys.ts'

/** What `--help` prints. `program` is how it was called. */
export function help(program: string): string {
  const settings = listKeys().flatMap(({ name, doc, default: usual }) => [
    `  stepfunction.${name}${usual === undefined || usual === '' ? '' : ` = ${usual}`}`,
    `      ${doc}`
  ])
  return [
    `usage: ${program} [--config PATH] [--check | --help | --version]`,
    '',
    'Stands in front of a Kinto server, ' +
      'and reports what reviewers answer there to AWS Step Functions.',
    '',
    '  --config PATH   an ini file in the format of Kinto; ' +
      'else STEPFUNCTION_INI or KINTO_INI names one, and none is needed',
    '  --check         look at the settings, at Kinto and at the AWS credentials, ' +
      'say what is wrong, and stop',
    '  --version       print the version',
    '  --help          print this',
    '',
    'Settings, in the section [app:main] of the file. ' +
      'Each can come from the environment instead: stepfunction.aws_region is',
    'STEPFUNCTION_AWS_REGION, or KINTO_STEPFUNCTION_AWS_REGION, which goes before that.',
    '',
    ...settings,
    '',
    'It exits with 0 when it was stopped (or --check found nothing wrong), ' +
      'and with 1 when it could not start (or --check did).'
  ].join('\n')
}

/** All settings, in the order of `config.example.ini`. */
export function listKeys(): Key<unknown>[] {
  const keys: Key<unknown>[] = []
  readSettings({
    required: key => {
      keys.push(key)
      return key.parse(key.default)
    },
    optional: key => {
      keys.push(key)
      return undefined
    }
  })
  return keys
}
