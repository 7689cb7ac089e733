import t from 'tap'
import { trimAwsVariables } from '../../src/stepfunctions/environment.ts'

t.test(
  "AWS's own variables are read without white space around them, others as they are",
  async t => {
    const env = {
      AWS_ACCESS_KEY_ID: 'AKID\n',
      AWS_SECRET_ACCESS_KEY: '\tse cret\r\n',
      AWS_REGION: ' us-west-2 ',
      AWS_PROFILE: ' ',
      AWS_NONE: undefined,
      HOME: ' /root'
    }
    trimAwsVariables(env)
    t.strictSame(env, {
      AWS_ACCESS_KEY_ID: 'AKID',
      AWS_SECRET_ACCESS_KEY: 'se cret',
      AWS_REGION: 'us-west-2',
      AWS_PROFILE: '',
      AWS_NONE: undefined,
      HOME: ' /root'
    })
  }
)
