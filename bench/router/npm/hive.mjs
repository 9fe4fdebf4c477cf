// Hive Gateway without sharing between requests; with PLANNER=rust it plans by its
// native module. Errors are shown: they say why it is left out of a measurement.
const planner =
  process.env.PLANNER === "rust" ? { unifiedGraphHandler: (await import("@graphql-hive/router-runtime")).unifiedGraphHandler } : {};

export const gatewayConfig = {
  ...planner,
  logging: "warn",
  maskedErrors: false,
  inboundInflightRequestDeduplication: false,
  transportEntries: { "*.http": { options: { deduplicateInflightRequests: false } } },
};
