import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';

/** How long STS is waited for. What is asked with the role has a limit of its own. */
const requestHandler = { connectionTimeout: 2_000, requestTimeout: 5_000 };

/**
 * For a client that reads in another account, as the role that this function may take there. The SDK takes the role anew
 * before it ends.
 *
 * @param RoleArn - @default - the client reads in the account of the function
 * @param RoleSessionName - what CloudTrail of the other account calls it
 */
export function readingAs(RoleArn: string | undefined, RoleSessionName: string) {
  if (!RoleArn) return {};
  // Without a Region STS would be asked in that of the client, which may be the one that is gone.
  const region = process.env.AWS_REGION;
  const clientConfig = { requestHandler, ...(region && { region }) };
  return { credentials: fromTemporaryCredentials({ params: { RoleArn, RoleSessionName }, clientConfig }) };
}
