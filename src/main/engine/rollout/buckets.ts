/** Few distinct shapes, each compiled once. */
export { LENGTH_BUCKET, powerOfTwo as bucketOf, roundUp } from '@shared/engine-limits'
