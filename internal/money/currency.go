package money

import (
	"strings"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

// Currency is an ISO 4217 alphabetic code, such as "EUR".
type Currency string

// ParseCurrency returns the currency of this code. Codes are upper case; funds
// codes and precious metals are no currencies here. The error is for the client
// (BAD_USER_INPUT).
func ParseCurrency(code string) (Currency, error) {
	if _, known := exponents[Currency(code)]; !known {
		return "", apierror.New(apierror.BadUserInput, "%s is not an ISO 4217 currency code, such as \"EUR\"", quote(code))
	}
	return Currency(code), nil
}

// Exponent is the number of decimals of the currency's minor unit: 0 for JPY, 2
// for USD, 3 for KWD. It is 0 for what is not a currency.
func (c Currency) Exponent() int { return int(exponents[c]) }

// exponents holds the active currencies of ISO 4217 with their minor units.
var exponents = func() map[Currency]uint8 {
	table := map[Currency]uint8{}
	for exponent, codes := range map[uint8]string{
		0: `BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF`,
		2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD
			CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
			HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL
			MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN
			QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS
			UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
		3: `BHD IQD JOD KWD LYD OMR TND`,
	} {
		for code := range strings.FieldsSeq(codes) {
			table[Currency(code)] = exponent
		}
	}
	return table
}()
