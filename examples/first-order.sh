#!/usr/bin/env bash
# The shop's first order, with curl alone: open an account, add three products,
# order them, read the order's status. It needs a shop with the demo's accounts:
#
#   make run                                           # in another terminal
#   examples/first-order.sh                            # or with the endpoint:
#   examples/first-order.sh http://localhost:4000/graphql
set -euo pipefail
endpoint=${1:-http://localhost:4000/graphql}
run=$(date +%s)$RANDOM # what has to be new in each run ends with this

# ask TOKEN QUERY sends an operation and prints the answer; it fails when there
# is anything to put right. The operations below have no double quotes but those
# of GraphQL's strings, and no backslashes, so this is all the JSON they need.
ask() {
	local token=$1 query=${2//[$'\n\t']/ } answer
	answer=$(curl --silent --show-error --fail-with-body "$endpoint" \
		--header 'Content-Type: application/json' \
		${token:+--header "Authorization: Bearer $token"} \
		--data "{\"query\": \"${query//\"/\\\"}\"}") || { echo "$answer" >&2; return 1; }
	if [[ $answer == *'"errors":'* || $answer == *'"userErrors":[{'* ]]; then
		echo "$answer" >&2
		return 1
	fi
	echo "$answer"
}

# all FIELD reads an answer and prints the field's values, one to a line.
all() { grep -o "\"$1\":\"[^\"]*\"" | cut -d '"' -f 4; }

echo "1. A new customer, who logs in; so does the shop's staff, who alone may add products."
answer=$(ask '' "mutation {
	register(input: {email: \"nora.$run@example.com\", name: \"Nora\", password: \"a long password\"}) { accepted userErrors { message } }
	customer: login(input: {email: \"nora.$run@example.com\", password: \"a long password\"}) { session { accessToken } userErrors { message } }
	staff: login(input: {email: \"staff@shopgraph.example\", password: \"demo-staff\"}) { session { accessToken } userErrors { message } }
}")
{ read -r customer; read -r staff; } < <(all accessToken <<<"$answer")

echo "2. Three products."
product() {
	echo "createProduct(input: {name: \"$1\", status: ACTIVE, variants: [
		{sku: \"$2-$run\", onHand: 10, prices: [{amount: \"$3\", currencyCode: \"EUR\"}]}
	]}) { product { name variants { variantId: id } } userErrors { message } }"
}
answer=$(ask "$staff" "mutation {
	lamp: $(product Lamp LAMP 49.00)
	table: $(product Table TABLE 199.50)
	chair: $(product Chair CHAIR 89.90)
}")
{ read -r lamp; read -r table; read -r chair; } < <(all variantId <<<"$answer")
all name <<<"$answer" | sed 's/^/   /'

echo "3. An order of a lamp, a table and four chairs. The key makes it safe to send twice."
answer=$(ask "$customer" "mutation {
	placeOrder(input: {idempotencyKey: \"first-order-$run\", lines: [
		{variantId: \"$lamp\", quantity: 1}, {variantId: \"$table\", quantity: 1}, {variantId: \"$chair\", quantity: 4}
	]}) { order { orderId: id } userErrors { message } }
}")
order=$(all orderId <<<"$answer")

echo "4. The order, its customer and its products: three services answer together."
answer=$(ask "$customer" "{ order(id: \"$order\") {
	number status total { amount currencyCode } customer { email } lines { quantity product { name } }
} }")
echo "   $(all number <<<"$answer") is $(all status <<<"$answer"): $(all amount <<<"$answer") $(all currencyCode <<<"$answer") for $(all email <<<"$answer")"
[[ $(all status <<<"$answer") == PLACED ]]
