/** What is said of a value: `unusable` of its schema. */
export type Outcome = 'valid' | 'invalid' | 'unusable'

/** Where we say something else than the suite, with the reason. */
export const exceptions: readonly (readonly [titles: RegExp, outcome: Outcome, reason: string])[] =
  [
    [
      /^(refRemote|optional\/cross-draft)\.json: /,
      'unusable',
      'References reach nothing outside of a form.'
    ],
    [
      new RegExp(
        `^dynamicRef.json: (${[
          'strict-tree schema, guards against misspelled properties',
          'tests for implementation dynamic anchor and reference link',
          String.raw`\$ref and \$dynamicAnchor are independent of order - \$(defs|ref) first`,
          String.raw`\$ref to \$dynamicRef finds detached \$dynamicAnchor`
        ].join('|')}): `
      ),
      'unusable',
      'References reach nothing outside of a form.'
    ],
    [
      /^(vocabulary|optional\/format-assertion)\.json: /,
      'unusable',
      'A form cannot change what keywords mean.'
    ],
    [
      /^format\.json: .* is only an annotation by default$/,
      'invalid',
      'Formats are checked, as optional/format says.'
    ],
    [
      /^optional\/format\/time\.json: .*: (a )?valid (time string with )?leap second, /,
      'invalid',
      'Without a date nobody can tell whether there was one.'
    ]
  ]

const takesAnyId = 'The validator takes an $id or $anchor for one wherever it is, in a value too.'

/** Files of the suite on what nobody has to do, and we do not, with the reason. */
export const notClaimed: readonly (readonly [file: string, reason: string])[] = [
  ['optional/anchor.json', takesAnyId],
  ['optional/id.json', takesAnyId],
  ['optional/unknownKeyword.json', takesAnyId],
  ['optional/dependencies-compatibility.json', 'The keyword is one of older drafts.']
]
