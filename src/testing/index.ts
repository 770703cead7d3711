export { describeSessionStore, type DescribeSessionStoreOptions } from './describe-session-store.js';
export { SESSION_STORE_CAPABILITIES, type SessionStoreCapability } from './capabilities.js';
export type { StoreFactory, StoreUnderTest, StoreUnderTestOptions } from './store-under-test.js';
