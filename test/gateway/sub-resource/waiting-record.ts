import { collection } from '../../helpers/service.ts'

export const record = `${collection}/records/r1`
export const writers = { write: ['account:alice'] }
