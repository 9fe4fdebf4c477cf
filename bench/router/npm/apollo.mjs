// Apollo Gateway over the supergraph of the file SUPERGRAPH, at PORT.
import { readFileSync } from "node:fs";
import { ApolloGateway } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";

const gateway = new ApolloGateway({ supergraphSdl: readFileSync(process.env.SUPERGRAPH, "utf8") });
await startStandaloneServer(new ApolloServer({ gateway }), { listen: { host: "127.0.0.1", port: Number(process.env.PORT) } });
