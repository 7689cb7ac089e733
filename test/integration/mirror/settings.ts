import type { KintoName } from './row.ts'

const day = 86_400_000

/** Options of each Kinto, beside those that all tests use. `folder` is for uploads. */
export function settingsWith(folder: string): Record<KintoName, Record<string, string>> {
  return {
    /** All that is on by default, and every endpoint that there is. */
    open: {
      'kinto.includes':
        'kinto.plugins.default_bucket kinto.plugins.accounts kinto.plugins.history ' +
        'kinto.plugins.flush kinto_attachment',
      'kinto.attachment.base_path': folder,
      'kinto.attachment.base_url': 'https://files.example/',
      'kinto.experimental_permissions_endpoint': 'true',
      'multiauth.policies': 'account basicauth'
    },
    /**
     * All that narrows or adds something: origins, schemas, cached reads, short pages, small
     * batches, an announced end of service.
     */
    strict: {
      'kinto.includes':
        'kinto.plugins.default_bucket kinto.plugins.accounts kinto.plugins.flush ' +
        'kinto.plugins.admin',
      'multiauth.policies': 'account basicauth',
      'kinto.cors_origins': 'https://app.example https://*.b.example',
      'kinto.cors_max_age_seconds': '60',
      'kinto.experimental_collection_schema_validation': 'true',
      'kinto.record_cache_expires_seconds': '3600',
      'kinto.paginate_by': '3',
      'kinto.batch_max_requests': '40',
      'kinto.backoff': '10',
      'kinto.trailing_slash_redirect_enabled': 'false',
      'kinto.version_prefix_redirect_enabled': 'false',
      'kinto.object_group_patch_enabled': 'false',
      'kinto.eos': `"${new Date(Date.now() + 30 * day).toISOString().slice(0, 10)}"`,
      'kinto.eos_message': 'It ends',
      'kinto.eos_url': 'https://docs.example/end'
    },
    readonly: { 'kinto.readonly': 'true', 'multiauth.policies': 'account' }
  }
}
